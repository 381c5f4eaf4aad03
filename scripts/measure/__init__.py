"""Measure how fast the integration is, in a real Home Assistant."""
