"""What coordinators do, one function a deed. Transactions begin and end here."""
