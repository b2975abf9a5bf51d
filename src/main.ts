export { TwincloudPlugin as default } from './plugin/plugin.ts';
