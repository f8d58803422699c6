"""What ownership costs: lists, counts, searches and pickers on a million customers, restricted against unrestricted."""
