"""Coupons: discounts on the first charges of a subscription."""
