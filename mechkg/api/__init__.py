"""The doors for other programs: GraphQL, and signs of health."""
