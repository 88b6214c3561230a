"""What people see: views, forms and templates. They parse, call one service or selector, and render."""
