export type DeviceKind = 'desktop' | 'tablet' | 'phone';

/** One object for all: the plugin may have read it before the device is known. */
export const Platform = {
  isDesktop: true,
  isMobile: false,
  isDesktopApp: true,
  isMobileApp: false,
  isIosApp: false,
  isAndroidApp: false,
  isPhone: false,
  isTablet: false,
  isMacOS: false,
  isWin: false,
  isLinux: true,
  isSafari: false,
  resourcePathPrefix: '',
};

export function becomeDevice(kind: DeviceKind): void {
  const mobile = kind !== 'desktop';
  Object.assign(Platform, {
    isDesktop: !mobile,
    isMobile: mobile,
    isDesktopApp: !mobile,
    isMobileApp: mobile,
    isAndroidApp: mobile,
    isPhone: kind === 'phone',
    isTablet: kind === 'tablet',
    isLinux: !mobile,
  });
}
