"""What is true: colours, regions, claims, validity, recognition, rulebooks and decisions. Pure."""
