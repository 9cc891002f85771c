// Programs for images made from nothing but themselves; they need only Go's own library.
module samepage.dev/testbed/pods

go 1.26.0
