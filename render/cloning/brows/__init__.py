"""The shading of moving brows, as ratio maps."""
