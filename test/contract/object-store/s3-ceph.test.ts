import { describeS3 } from './s3-subject.ts';

await describeS3('s3-ceph', 'ceph', {
  conditionForm: 'bare',
  lacks: { 'told-losers': 'Ceph 16 answers 500 to some who lose a race' },
});
