"""Ranking bids: campaigns for listings, the auction of a page, clicks and what they cost.

A campaign is drafted, reviewed, runs within its budgets, and is completed or exhausted.
"""
