"""Run a simulated call centre and a real Home Assistant side by side; end-to-end tests use the same parts."""
