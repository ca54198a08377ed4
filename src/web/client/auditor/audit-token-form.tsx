import { TokenForm } from '../shell/states.tsx';

/** Asks for the token of an auditor's page. @param onToken told once there is one to try */
export function AuditTokenForm({ onToken }: { onToken: () => void }) {
  return <TokenForm where="‘consilium audit serve’ prints the address with its token." onToken={onToken} />;
}
