window.loadedB = (window.loadedB || 0) + 1;
