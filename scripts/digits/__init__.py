"""The recipe of the digit reader: strings drawn as slots hold them, a small network, its scores.

Needs PyTorch in an environment of its own (`pip install torch==2.13.0`); nothing that ships imports it.
"""
