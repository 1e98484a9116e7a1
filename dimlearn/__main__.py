import sys

from dimlearn.cli import main

sys.exit(main())
