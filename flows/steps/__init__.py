"""What the stages do between the pure decisions and the warehouse. No Prefect here: a step can be called anywhere."""
