"""The page with the curves of a training from drawn things."""

from core.charts import ROLES, objective_curves_html
from core.runs.objective_run import ObjectiveRow


def test_the_page_has_loss_and_scores_in_colours_of_its_own():
    rows = [
        ObjectiveRow(10, 160, 0.9, 1.0, score=0.1),
        ObjectiveRow(10, 160, 0.9, 2.0, score=0.1, val_loss=0.8, val_scores={"iou": 0.2, "iou_plain": 0.3}),
        ObjectiveRow(20, 320, 0.7, 3.0, score=0.4),
    ]
    page = objective_curves_html("ink finder", "scenes", "IoU", rows)
    figure = page.rpartition("Plotly.newPlot")[2]
    assert all(name in figure for name in ("IoU", "validation loss", "validation: iou plain", "scenes seen"))
    assert not [role for role in ROLES if role in figure]


def test_a_training_without_scores_has_its_loss_alone():
    figure = objective_curves_html("line reader", "lines", "", [ObjectiveRow(10, 160, 0.9, 1.0)])
    figure = figure.rpartition("Plotly.newPlot")[2]
    assert "validation" not in figure and '"name":"loss"' in figure
