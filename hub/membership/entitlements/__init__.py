"""What a company may do by its plan: the door for the packages above.

They ask for rights and claim a place before they use one more.
"""
