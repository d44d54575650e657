"""Everything of Digit Studio except its pages: packages in one order, drawn in docs/architecture.md.

A package imports only from packages with a lower number, never Streamlit or `pages`. Keras, TensorFlow and Plotly are
imported inside functions, so that importing any module is cheap and the first page is painted before TensorFlow is
loaded. `tests/architecture/` checks this.
"""
