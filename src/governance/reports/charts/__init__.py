"""Charts as Vega-Lite specifications, with the colours, and drawn to SVG."""
