/** What the manual shows: what it does, and the lines to type. */
export const EXAMPLES: readonly { describe: string; lines: readonly string[] }[] = [
  {
    describe: 'Let one host go on when another has finished, for an hour at most:',
    lines: [
      'remaphore -t 1h -u upload_done && aws s3 cp s3://bucket/ bigfile',
      'aws s3 cp bigfile s3://bucket/ && remaphore -s -u upload_done',
    ],
  },
  {
    describe:
      'Run a script for each message with the verb deploy, and ask all hosts below com.example to do so; all must answer:',
    lines: [
      'remaphore -v deploy -t 24h ./deploy.sh',
      "remaphore -r -v deploy -D 'com.example.**' -t 5m --require all v1.2",
    ],
  },
  {
    describe: 'Send what a program writes, any bytes:',
    lines: ['journalctl -n 20 | remaphore -s -v log -'],
  },
  {
    describe: 'See which hosts answer:',
    lines: ['remaphore ping -t 2s'],
  },
];
