"""The intents: what is done and answered when somebody says so, whoever understood it."""
