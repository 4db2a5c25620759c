"""One thread for every test: models this small gain nothing from two, and lose much to a busy neighbour."""

import torch

torch.set_num_threads(1)
