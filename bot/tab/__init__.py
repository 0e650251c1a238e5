"""The personal tab: pages for people who have signed in with the account that Teams vouches for."""
