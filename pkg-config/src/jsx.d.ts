/** `<token-leash>` in JSX: `import "tokenleash/jsx"` once, or name it in `types` of tsconfig.json. */
import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { CheckOptions, Report } from "./index.js";
import type { TokenLeashElement, TokenLeashMode } from "./element.js";

export interface TokenLeashProps extends DetailedHTMLProps<HTMLAttributes<TokenLeashElement>, TokenLeashElement> {
  for?: string;
  full?: boolean;
  model?: string;
  profile?: string;
  "source-region"?: string;
  dialect?: "auto" | NonNullable<CheckOptions["dialect"]>;
  "max-tokens"?: number;
  "expected-output"?: number;
  tpm?: number;
  "used-tpm"?: number;
  mode?: TokenLeashMode;
  value?: string;
  request?: string | object | null;
  options?: CheckOptions;
  catalog?: string | object | null;
  "onbudget-change"?: (event: CustomEvent<Report>) => void;
  "onbudget-exceeded"?: (event: CustomEvent<Report>) => void;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "token-leash": TokenLeashProps;
    }
  }
}
