"""Exercises of lesson 7, one module each."""
