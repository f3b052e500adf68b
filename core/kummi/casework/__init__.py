"""What coordinators do, one function a action. Transactions begin and end here."""
