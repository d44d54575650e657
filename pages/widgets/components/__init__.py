"""Custom components: Python, JavaScript and CSS of what Streamlit has no widget for."""
