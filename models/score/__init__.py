"""How the weights of the score were fitted to annotators' grades."""
