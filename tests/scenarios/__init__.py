"""What section 5 and 6 of the interface promise, told a second time and compared with the program."""
