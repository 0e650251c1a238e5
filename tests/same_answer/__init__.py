"""Each rule driven through chat, files and figures with the same odd cases, against answers worked out apart."""
