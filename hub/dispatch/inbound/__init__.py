"""Goods come in: a depot expects them, counts, inspects and puts them away."""
