"""Charts of runs, recipes and answers, as Plotly figures."""
