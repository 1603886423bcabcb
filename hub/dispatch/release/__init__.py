"""Goods go out: picked, loaded, on the road, delivered with proof; the waybill."""
