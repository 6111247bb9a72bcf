"""The recipe of a line reader of our own: worn lines drawn from legal text, a network, its trial.

Training needs PyTorch in an environment of its own (`pip install torch==2.13.0`). No model of it is shipped:
`docs/decisions/0040` says how far it got.
"""
