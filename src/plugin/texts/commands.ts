export const COMMAND_TEXTS = {
  syncNow: 'Sync now',
  preview: 'Preview sync',
  pauseOrResume: 'Pause or resume',
  stop: 'Stop the running sync',
  showLog: 'Show sync log',
  verify: 'Verify cloud',
  restoreVersion: 'Restore previous version',
  copySetupLink: 'Copy setup link',
  forgetCloud: 'Forget this cloud on this device',
  showHeld: 'Show held changes',
  switchToBackup: 'Switch to backup',
  resolve: 'Resolve conflicts',
} as const;
