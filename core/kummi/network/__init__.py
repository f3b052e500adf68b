"""What a network of countries looks at together: descriptions side by side, never persons."""
