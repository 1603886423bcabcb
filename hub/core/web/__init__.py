"""What every page shares: who asks, in which language, safe requests, errors told in words."""
