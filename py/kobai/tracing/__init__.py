"""Recording a run line by line, and where each value comes from."""
