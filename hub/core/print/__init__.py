"""Paper: documents set in PDF, and pictures made safe to print and to show."""
