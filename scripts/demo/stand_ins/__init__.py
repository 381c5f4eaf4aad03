"""Modules that Home Assistant imports and that cannot be installed without a compiler: no wheels for Python 3.14.

Describing its actions, which the frontend asks for before it shows anything, imports assist_satellite and with that
these two. They clean up the sound of a microphone, and there is none here: the names are all that is needed.
"""
