"""Lines as the line reader sees them: which are too long, and the variants of each."""

import numpy as np

from core.config.line_shape import LINE_OUTPUTS
from core.preprocessing.line_picture import LineView
from core.recognition import seen_lines
from core.recognition.line_network import LineNetwork
from core.recognition.seen_lines import MAX_FRAMES, SeenLine, with_variants


def test_lines_are_read_from_the_top_until_they_are_too_many():
    def view(frames):
        return LineView(np.zeros((40, 4 * frames), np.uint8))

    views = [view(200), view(300), *[view(200)] * 10, view(60)]
    kept, _ = seen_lines._within_limits(range(len(views)), views)
    assert 1 not in kept, "too long by itself"
    assert sum(views[number].frames for number in kept) <= MAX_FRAMES
    assert kept[:3] == [0, 2, 3] and kept[-1] == len(views) - 1, "a short one still fits"


def test_each_line_gets_the_frames_of_its_last_views_variants(monkeypatch):
    def predict(stacked):
        return np.full((len(stacked), stacked.shape[2] // 4, LINE_OUTPUTS), stacked.shape[2], np.float32)

    monkeypatch.setattr(LineNetwork, "released", staticmethod(lambda: LineNetwork(predict)))
    narrow, wide = (LineView(np.full((40, width), 200, np.uint8)) for width in (80, 400))
    seen = with_variants([SeenLine([narrow, wide], []), SeenLine([narrow], [])])
    counts = [[len(frames) for frames in line.frames_of_variants] for line in seen]
    assert counts[0] == [count + 80 for count in counts[1]] and min(counts[1]) > 20
    assert with_variants([]) == []
