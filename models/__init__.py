"""What is true of customers, without the web."""
