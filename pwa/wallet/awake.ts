// Keeps the screen on while a pass is shown, where the browser can (Screen Wake Lock).

/** Keep the screen on until the returned function is called. */
export function stayAwake(): () => void {
  let held: WakeLockSentinel | null = null;
  let isOver = false;
  const hold = async (): Promise<void> => {
    if (isOver || document.hidden || !("wakeLock" in navigator)) return;
    try {
      held = await navigator.wakeLock.request("screen");
      if (isOver) await held.release();
    } catch {
      held = null; // low battery: the person keeps the screen on
    }
  };
  const again = (): void => void hold();
  document.addEventListener("visibilitychange", again);
  again();
  return () => {
    isOver = true;
    document.removeEventListener("visibilitychange", again);
    void held?.release();
  };
}
