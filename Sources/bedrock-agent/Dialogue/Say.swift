import Host

/// Prints one line, or several.
func say(_ line: String) { StandardOutput.write(Array((line + "\n").utf8)) }
