import { describeS3 } from './s3-subject.ts';

await describeS3('s3-exact', 'versitygw', {
  conditionForm: 'quoted',
  lacks: {
    'nested-objects': 'it keeps objects as files, and a file is no folder',
    'long-keys': 'it keeps objects as files, whose names end at 255 bytes',
  },
});
