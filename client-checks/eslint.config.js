/** ESLint's recommended rules for the scripts of pages, and the forms that rjsmin does not understand. */

import js from "@eslint/js";
import globals from "globals";

export default [
  js.configs.recommended,
  {
    languageOptions: { globals: globals.browser },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: { eqeqeq: "error", "no-var": "error", "prefer-const": "error" },
  },
  {
    files: ["shell/everview/client/**/*.js"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: "TemplateLiteral TemplateLiteral",
          message: "rjsmin changes the text of a template inside another",
        },
        {
          selector: "ArrowFunctionExpression > Literal[regex]",
          message: "rjsmin does not recognize a regular expression after =>",
        },
      ],
    },
  },
];
