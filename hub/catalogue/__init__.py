"""What can be traded and where: units, commodities with their attributes, regions, freight.

Owns the tables unit, commodity, commodity_attribute, region and freight_rate. Administrators edit
them; everybody reads them. No states. Publishes nothing.
"""
