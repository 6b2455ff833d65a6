"""A throwaway inbox on loopback with sample replies, and the whole job run over it."""
