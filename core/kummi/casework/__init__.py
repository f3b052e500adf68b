"""What coordinators do, one function an action. Transactions begin and end here."""
