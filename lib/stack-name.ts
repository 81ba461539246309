/** The name of the stack, unless `relay:stackName` names another. `pcr` loads no CDK to know it. */
export const defaultStackName = 'PartnerCentralRelay';
